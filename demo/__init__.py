"""A flag ceremony in fast motion on an embedded studio, with proof of what viewers got."""
