"""A settings file as a table: which node gets which role, its pair, its public segments and its VBC; and back as YAML."""

from zones.core.order.reading import settings_to_order
from zones.core.order.table import Order, OrderNode, OrderVbc, Segments
from zones.core.order.writing import order_to_settings

__all__ = ["Order", "OrderNode", "OrderVbc", "Segments", "order_to_settings", "settings_to_order"]
