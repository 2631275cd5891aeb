# Any image with Node 24 and glibc. Pin it by content: --build-arg BASE=node:24-bookworm-slim@sha256:…
ARG BASE=node:24-bookworm-slim

# Runs on the machine that builds, whatever the image is for: nothing is compiled and nothing is emulated.
FROM --platform=$BUILDPLATFORM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# No install script is needed: esbuild and better-sqlite3 bring their binaries with them.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY build.mjs tsconfig.json LICENSE ./
COPY migrations migrations
COPY src src
RUN node build.mjs

# /out is the root of what the image adds: the bundle, what better-sqlite3 needs at run time, an empty /data.
ARG TARGETARCH
ARG LIBC=linux
# No here-document: buildah takes one only since 1.33, and Debian 12 has an older one.
RUN set -eu; \
    case "${TARGETARCH:-$(node -p process.arch)}" in \
      amd64|x64) arch=x64 ;; \
      arm64) arch=arm64 ;; \
      *) echo "no SQLite binary for $TARGETARCH: build for amd64 or arm64" >&2; exit 1 ;; \
    esac; \
    sqlite=node_modules/better-sqlite3; \
    mkdir -p /out/data "/out/app/$sqlite/prebuilds" /out/usr/local/bin; \
    cp -R dist/. LICENSE /out/app/; \
    cp -R "$sqlite/lib" "$sqlite/package.json" "$sqlite/LICENSE" "/out/app/$sqlite/"; \
    cp "$sqlite/prebuilds/$LIBC-$arch.node" "/out/app/$sqlite/prebuilds/"; \
    printf '#!/bin/sh\nexec node --max-semi-space-size=1 /app/routeflare.mjs "$@"\n' > /out/usr/local/bin/routeflare; \
    chmod 0755 /out/usr/local/bin/routeflare

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="routeflare" \
      org.opencontainers.image.description="DNS records in Cloudflare for Gateway API routes" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /out/app /app
COPY --from=build /out/usr/local/bin/routeflare /usr/local/bin/routeflare
COPY --from=build --chown=65534:65534 /out/data /data
ENV NODE_ENV=production \
    LEDGER_PATH=/data/routeflare.db
WORKDIR /data
USER 65534:65534
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["node", "--max-semi-space-size=1", "/app/routeflare.mjs"]
CMD ["run"]
