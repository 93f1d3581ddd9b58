"""What stands there: buildings from the register, by stated rules, every row accounted for."""

from screening.register.codes import (
    code_list,
    customer_type,
    describe,
    is_edge_case,
    is_gas,
    is_heat_pump,
    is_individually_heated,
    is_listed,
    is_oil,
    is_phased_out,
    is_relevant,
    use_group,
)
from screening.register.reader import RegisterReport, read_buildings

__all__ = [
    "RegisterReport",
    "code_list",
    "customer_type",
    "describe",
    "is_edge_case",
    "is_gas",
    "is_heat_pump",
    "is_individually_heated",
    "is_listed",
    "is_oil",
    "is_phased_out",
    "is_relevant",
    "read_buildings",
    "use_group",
]
