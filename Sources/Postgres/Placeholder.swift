package enum PostgresPlaceholder {}
