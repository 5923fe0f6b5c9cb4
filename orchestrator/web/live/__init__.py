"""What the panel shows of the air, worked out once for everybody who watches, and sent as it changes."""
