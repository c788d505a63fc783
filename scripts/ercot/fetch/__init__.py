"""From ERCOT to raw_dir: the optional download of what the workflow reads.

    settings ──► months ──► month job: listing ──► api, mis ──► calls (pace, login) ──► unpack ──► receipts

`settings` reads the configuration and the environment, `months` says which posting months of which products to ask for,
`lookup` asks once a run what the server has of a product, `month` gets one month, `receipts` records it, `summary` and
`bar` tell how it went. `receipts` and `months` need no HTTP library.
"""
