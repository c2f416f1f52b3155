# Nodes of a Ray cluster. Ray asks for the same Python and the same Ray on every node, and bodies for Whorl's own version.
FROM whorl:0.1.0-ray
USER 10001:10001
ENV RAY_AUTH_MODE=token \
    RAY_AUTH_TOKEN_PATH=/run/secrets/ray_token
HEALTHCHECK --interval=15s --timeout=10s --start-period=90s --retries=4 CMD ["ray", "health-check", "--skip-version-check"]
CMD ["ray", "--version"]
