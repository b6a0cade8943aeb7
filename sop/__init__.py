"""The standard operating procedure as data: draw it, check it, run it. Knows neither Flask nor a database."""
