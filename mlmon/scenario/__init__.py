"""Scenarios: ordered steps with conditions. A step's row commits together with its effect.

Nothing is imported here: who looks whether a run is open need not load what runs it.
"""
