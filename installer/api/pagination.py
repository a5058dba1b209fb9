"""Pages of lists."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """``?page=2&page_size=50``; at most 1,000 rows a page."""

    page_size_query_param = "page_size"
    max_page_size = 1000
    invalid_page_message = "there is no page {page_number}: the first is 1, follow next until it is null"
