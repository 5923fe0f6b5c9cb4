"""The wiring: everything started in order, stopped in reverse. The only importer of concrete devices.

The air comes first: `ground` is what everything stands on, `air` the devices and the loops that drive them, `office`
what people and recordings need beside the air. The office is most of the program's code, and is loaded only once the
air is looked after: `service` is the one place that does so.
"""
