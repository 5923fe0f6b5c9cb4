"""Files to values: the only code that knows YAML."""
