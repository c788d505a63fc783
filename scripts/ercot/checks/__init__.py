"""What is right and wrong with the rollups, with what they were made from, and with each other.

In: rollups, ledgers, manifests. Out: findings, and the facts that the report shows.
"""
