"""The one definition of each wire type.

Pydantic models are what the API, the SDK and the generated clients speak; frozen dataclasses in
``records`` are what formats and ingest hand each other. Nothing here touches a database.
"""
