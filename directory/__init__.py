"""The service-provider directory in Open Referral HSDS 3 words. Knows neither Flask nor a database."""
