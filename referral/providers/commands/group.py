"""The group `flask directory`."""

from flask.cli import AppGroup

directory = AppGroup("directory", help="The service directory: search, import from other directories, export for them.")
