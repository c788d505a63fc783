"""The values of simulated reports.

In: a request and the declaration of a report. Out: labels, names and numbers, the same for the same request.
"""
