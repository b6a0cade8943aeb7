"""The public JSON API of the directory (Open Referral HSDS 3.1) and its OpenAPI description."""
