# The workflow with all that it needs, from the pinned lock; the history of the repository is not needed.
#
#   docker build --tag ercot .
#   docker run --rm --user "$(id -u)" --volume /data/ercot:/raw:ro --volume "$PWD/results:/results" ercot
#
# Arguments after the name replace the ones of CMD: `ercot --cores 4 --config raw_dir=/raw results_dir=/results years=2024`.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/ercot
# What the installation needs; a change of a rule or of the configuration installs nothing anew.
COPY Makefile pyproject.toml ./
COPY envs envs
COPY scripts scripts
RUN make setup
COPY Snakefile ./
COPY config config
COPY profiles profiles
COPY report report
COPY rules rules
COPY workflows workflows

ENV PATH=/opt/ercot/.venv/bin:$PATH HOME=/tmp
WORKDIR /tmp
ENTRYPOINT ["snakemake", "--snakefile", "/opt/ercot/Snakefile", "--workflow-profile", "/opt/ercot/profiles/default"]
CMD ["--cores", "all", "--config", "raw_dir=/raw", "results_dir=/results"]
