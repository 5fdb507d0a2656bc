# Makes an image of a release archive, which `npm run package -- --arch amd64` puts into packages/: docs/docker.md.
#
# The archive has the addons for the Node of Debian: nothing is compiled here.

# Debian 13, whose Node is new enough.
ARG BASE=docker.io/library/debian:trixie-slim

FROM ${BASE} AS program
ARG TARGETARCH
ARG TARGETVARIANT
COPY packages/dapberry-*.tar.gz /packages/
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# Docker calls the architectures otherwise than Debian does.
RUN case "${TARGETARCH:-$(dpkg --print-architecture)}${TARGETVARIANT:-}" in \
      arm64* | aarch64) name=arm64 ;; \
      armv7 | armhf) name=armhf ;; \
      amd64*) name=amd64 ;; \
      *) echo "expected amd64, arm64 or arm/v7, found ${TARGETARCH:-} ${TARGETVARIANT:-}" >&2; exit 1 ;; \
    esac; \
    archives=(/packages/dapberry-*-"$name".tar.gz); \
    if [ "${#archives[@]}" -ne 1 ] || [ ! -f "${archives[0]}" ]; then \
      echo "expected one archive for $name in packages/, found ${archives[*]}" >&2; exit 1; \
    fi; \
    mkdir /opt/dapberry; \
    tar -xzf "${archives[0]}" --strip-components=1 --no-same-owner -C /opt/dapberry; \
    rm -r /opt/dapberry/systemd

FROM ${BASE}
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends nodejs >/dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb \
    && groupadd --gid 8080 dapberry \
    && useradd --uid 8080 --gid dapberry --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin dapberry \
    && install -d -o dapberry -g dapberry /var/lib/dapberry
COPY --from=program /opt/dapberry /opt/dapberry
RUN ln -s /opt/dapberry/dist/server/main.js /usr/local/bin/dapberry

# The history and the last good configuration; the only place that is written to.
ENV STATE_DIRECTORY=/var/lib/dapberry NODE_ENV=production
# The C library returns freed memory early, as in the service.
ENV MALLOC_TRIM_THRESHOLD_=131072
VOLUME /var/lib/dapberry
EXPOSE 8080
USER 8080:8080
# The server names itself also where only users may read.
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(({ headers }) => process.exit(/^dapberry/.test(headers.get('xopendap-server')) ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/local/bin/dapberry"]
CMD ["serve"]
