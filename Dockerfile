# The service as an image. scripts/prove/image carries out what is written here without an engine.

FROM swift:6.2-bookworm AS build
WORKDIR /build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libbson-dev libmongoc-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN scripts/lib/static-build

FROM debian:bookworm-slim
# Versions are not pinned: a new build is to bring Debian's security updates.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libmongoc-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# The only place where anything is written, and only by the store in a file.
RUN install --directory --owner=10001 --group=10001 data
COPY config/config.yml config/
COPY --from=build /build/.build-image/release/jobs /usr/local/bin/
# For shells, which have a command of their own called jobs.
RUN ln --symbolic jobs /usr/local/bin/jobsctl
ENV HTTP_PORT=8080
EXPOSE 8080
USER 10001:10001
# Engines that have probes of their own, such as Kubernetes, ask /health/live and /health/ready.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["jobs", "health"]
ENTRYPOINT ["jobs"]
