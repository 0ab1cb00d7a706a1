# policywatch in an image: the wheel is built in one stage and installed, with its pinned libraries, in the other.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . && cp constraints.txt /wheels/

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 POLICYWATCH_DATA=/data POLICYWATCH_CONFIG=/config
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir -c /wheels/constraints.txt "$(ls /wheels/*.whl)[postgres]" \
    && rm -r /wheels \
    && useradd --system --uid 10001 --home-dir /data policywatch \
    && install -d -o policywatch -g policywatch /data /config
USER policywatch
WORKDIR /data
VOLUME ["/data", "/config"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["policywatch"]
CMD ["run"]
