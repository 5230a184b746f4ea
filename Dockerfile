FROM rust:1.95-bookworm AS build
WORKDIR /build

# Dependencies first, with stand-ins for the sources: this layer is built again only when Cargo.lock changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src tests/it \
    && echo '//! Stand-in.' | tee src/lib.rs tests/it/main.rs \
    && echo 'fn main() {}' > src/main.rs \
    && cargo build --release --locked \
    && rm -r src

COPY . .
# The copies may be older than the stand-ins that were compiled, and cargo goes by time.
RUN touch src/lib.rs src/main.rs && cargo build --release --locked

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/regis --create-home regis
COPY --from=build /build/target/release/regis /usr/local/bin/regis
COPY LICENSE /usr/share/doc/regis/LICENSE

USER regis
WORKDIR /var/lib/regis
VOLUME /var/lib/regis
ENV REGIS_LISTEN=0.0.0.0:8081 \
    REGIS_DATABASE_URL=sqlite:/var/lib/regis/regis.db
EXPOSE 8081

# The image has no HTTP client; bash can open the connection by itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]

ENTRYPOINT ["regis"]
CMD ["serve"]
