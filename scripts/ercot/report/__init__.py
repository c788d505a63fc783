"""The standing report: verdict, what changed, what to do. In: findings and facts. Out: all forms of it."""
