"""From hand-maintained documents to bundles, models, clients and server stubs."""
