# SPDX-License-Identifier: MIT
"""The files that are mutated, and the tests that could notice."""

# {file: (suites of unit tests, words of which the names of system tests have one)}
FILES = {
    "src/identity/credentials.c": (
        "credentials", "test_guards.Switch test_guards.Capabilities test_guards.Borrowed test_rights.KeepCapabilities "
        "test_rights.NoNewPrivileges test_identity.CannotSwitch test_identity.WithoutRoot test_rootless "
        "test_faults.Refused"),
    "src/identity/capabilities.c": (
        "credentials, options", "test_guards.Capabilities test_rights.KeepCapabilities "
        "test_identity.CannotSwitch test_rights.NoNewPrivileges test_faults.Refused"),
    "src/identity/identity.c": (
        "identity, identity other ids, identity refused, explain",
        "test_identity test_rights.Groups test_ids test_create test_arbitrary_uid test_faults.Refused.test_groups"),
    "src/identity/group_set.c": (
        "identity, identity other ids, accounts groups",
        "test_rights.Groups test_identity.Switch test_create"),
    "src/base/parse.c": (
        "parse, ids, identity, identity other ids, identity refused, options, cmdline, cmdline refused",
        "test_ids"),
    "src/identity/accounts.c": (
        "accounts, accounts groups, identity, identity other ids, identity refused",
        "test_identity.Switch test_rights.Groups test_create"),
    "src/identity/account_files.c": (
        "account files", "test_guards.AccountFiles test_account_files test_create test_ids "
        "test_arbitrary_uid test_status.OwnWrites.test_account_file test_kills"),
    "src/identity/ids.c": (
        "ids, identity, identity other ids",
        "test_ids test_rootless test_paths.OnTheWay test_create test_faults.Refused.test_an_owner"),
    "src/files/ownership_rules.c": ("ownership", "test_ownership.WhatIsGiven test_paths.Others"),
    "src/files/object.c": (
        "ownership", "test_guards.Trees test_ownership test_paths test_home "
        "test_ownership_hostile.Hostile.test_directories_that_a_group "
        "test_ownership_hostile.Hostile.test_files test_ownership_hostile.Hostile.test_hard_links "
        "test_ownership_hostile.Hostile.test_directories_become"),
    "src/files/ownership.c": (
        "", "test_guards.Trees test_ownership test_paths test_home "
        "test_ownership_hostile.Hostile.test_what_is_left "
        "test_ownership_hostile.Hostile.test_directories_that_a_group"),
    "src/base/trusted_path.c": ("trusted path", "test_guards.Trees test_paths test_ownership.WhatIsGiven"),
    "src/init/delivery.c": ("delivery", "test_delivery"),
    "src/init/lifecycle.c": (
        "lifecycle signals, lifecycle ending, lifecycle stops, lifecycle any order, linger",
        "test_guards.Stopping test_stopping test_ending"),
    "src/init/spawn.c": (
        "", "test_guards.Switch test_guards.Capabilities test_rights test_identity test_status.CannotRun "
        "test_status.OwnWrites test_signals test_terminal test_faults.Refused test_dropin"),
    "src/init/processes.c": (
        "", "test_guards.Proc test_delivery test_signals.Forwarding test_telling.Story test_ending test_reaping "
        "test_stopping"),
    "src/init/walk.c": ("", "test_guards.Proc test_delivery test_telling.Story test_ending test_stopping.Daemons"),
    "src/init/process.c": ("process, delivery", "test_guards.Proc test_delivery test_ending"),
    "src/report/termination_log.c": (
        "", "test_guards.TerminationLog test_guards.Borrowed test_telling.TerminationLog "
        "test_telling.StopNotes"),
}

# Tests that take long and notice only mutants that others notice too.
SLOW = ["test_faults.EveryCall", "test_ownership.WhatIsGiven.test_wide", "test_two_at_once",
        "test_kills.Kills.test_a_new_user", "test_kills.Kills.test_no_files_before"]

# For these files the system tests run first, because unit tests cover little of them.
BY_SYSTEM_TESTS = {"src/identity/credentials.c", "src/identity/account_files.c", "src/files/ownership.c",
                   "src/files/object.c"}
