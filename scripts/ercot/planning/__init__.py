"""What a run has to do: batches, their manifests, and the origin of every output.

In: an inventory and the settings. Out: the plan, which jobs read and never make again.
"""
