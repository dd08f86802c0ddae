//! The store in a database of PostgreSQL, for several nodes.
