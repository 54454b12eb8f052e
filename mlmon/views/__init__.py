"""The views: sql/ and what depends on a model or the user, made, refreshed and documented."""
