"""The register of an organisation: what people decided, assigned, approved and remarked."""

from srm_data.register.approval import Approval as Approval, approve_answers, find_approval
from srm_data.register.entries import make_entries, read_register, write_register
from srm_data.register.former import read_former_files
from srm_data.register.merge import Review as Review, build_review, list_sent, merge
from srm_data.register.overview import (
    assign_accountable,
    list_all_services,
    list_decisions,
    list_evidence,
    list_raci,
)
from srm_data.register.problems import describe_problem
from srm_data.register.state import State as State, build_cautious_model, state
from srm_data.register.tasks import describe_tasks, list_tasks

__all__ = [
    "approve_answers",
    "assign_accountable",
    "build_cautious_model",
    "build_review",
    "describe_problem",
    "describe_tasks",
    "find_approval",
    "list_all_services",
    "list_decisions",
    "list_evidence",
    "list_raci",
    "list_sent",
    "list_tasks",
    "make_entries",
    "merge",
    "read_former_files",
    "read_register",
    "state",
    "write_register",
]
