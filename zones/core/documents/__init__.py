"""Configuration files as typed documents whose every finding names its line."""

from zones.core.documents.settings import SettingsDocument, load_settings
from zones.core.documents.variables import VariablesDocument, load_variables, variables_from_mapping

__all__ = [
    "SettingsDocument",
    "VariablesDocument",
    "load_settings",
    "load_variables",
    "variables_from_mapping",
]
