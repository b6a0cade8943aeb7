"""The rights of the person, and what the organisation must be able to show: own file, requests, erasure, retention,
the register of processing, breaches, the impact assessment.
"""
