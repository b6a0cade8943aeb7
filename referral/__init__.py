"""The application: one folder a blueprint. Only this package knows Flask and SQLAlchemy."""
