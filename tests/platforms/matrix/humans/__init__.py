"""People on Matrix: with a plain HTTP client, or with matrix-js-sdk, which encrypts."""
