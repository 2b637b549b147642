"""The demo's world: a consultancy with three clients and six rollouts, and a second organisation.

The YAML files tell what people entered; every score comes from runs of the real engine.
"""
