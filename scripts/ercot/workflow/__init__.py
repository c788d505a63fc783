"""What the rules of Snakemake need around the steps: settings, the run, logs of jobs, bars, benchmarks.

In: the configuration, the records of jobs. Out: settings, the plan of the run, lines on the terminal.
"""
