# SPDX-License-Identifier: MIT
"""The promises of docs/security.md, each with its test and a change of the code that breaks it.

A change replaces a text that is in exactly one place of src/. The test has to fail with it.
"""
import collections

# words describes the change in the document.
Promise = collections.namedtuple("Promise", "sentence test words old new")

WHO = (
    Promise(
        "Real, effective, saved and file system ids of main are those that were asked for.",
        "test_identity.Switch.test_every_form_of_user", "the saved uid stays root's",
        "SYS_setresuid, target->uid, target->uid, target->uid)",
        "SYS_setresuid, target->uid, target->uid, -1)"),
    Promise(
        "Init is that user as well, without `--root-init`.",
        "test_identity.Switch.test_init_is_the_user_too", "only main becomes the user",
        "	if (settings->root_init)\n		program->become",
        "	if (true)\n		program->become"),
    Promise(
        "Supplementary groups are the user's, or GROUP alone.",
        "test_identity.Switch.test_supplementary_groups_of_the_caller_are_gone",
        "`setgroups` is left out",
        "if (syscall(SYS_setgroups, target->groups.count, target->groups.ids) < 0)", "if (false)"),
    Promise(
        "Main and init have no capability but the kept ones, and init drops these too.",
        "test_rights.KeepCapabilities.test_main_has_them_and_init_has_not",
        "init holds on to the kept ones",
        "program->capabilities && !program->become && !credentials_keep(0, failure)",
        "program->capabilities && false && !credentials_keep(0, failure)"),
    Promise(
        "Capabilities that a runtime has put into the inheritable set are gone.",
        "test_identity.Switch.test_inheritable_capabilities_are_dropped",
        "the sets stay as `setresuid` has left them",
        "	if (target->uid != 0 && !credentials_keep(target->capabilities, failure))",
        "	if (false && !credentials_keep(target->capabilities, failure))"),
    Promise(
        "If the kernel does not show each id as asked for after the switch, nothing is run.",
        "test_guards.Switch.test_each_id", "the ids are not looked at",
        "	if (!verify_ids(target))\n", "	if (false)\n"),
    Promise(
        "If it does not show exactly these groups, nothing is run.",
        "test_guards.Switch.test_each_group", "the groups are not looked at",
        "	if (!verify_groups(target))\n", "	if (false)\n"),
    Promise(
        "If it shows other capabilities in any set, nothing is run.",
        "test_guards.Capabilities.test_each_set", "the effective set is not looked at",
        "capabilities_read(&sets) && !sets.effective &&", "capabilities_read(&sets) &&"),
    Promise(
        "If root may still be in reach after the switch, nothing is run.",
        "test_faults.Refused.test_root_that_may_be_in_reach", "nobody tries to go back to uid 0",
        "return target->uid == 0 || verify_no_way_back(failure);",
        "return target->uid == 0 || true || verify_no_way_back(failure);"),
    Promise(
        "With `--no-new-privs` no program gains anything, init's own included.",
        "test_rights.NoNewPrivileges.test_set_uid_programs_gain_nothing", "it is not set",
        "return !settings->no_new_privileges || credentials_gain_no_more(failure);",
        "return true || credentials_gain_no_more(failure);"),
    Promise(
        "An empty USER, which an unset variable leaves behind, is an error and never root.",
        "test_command_line.CommandLine.test_empty_user", "an empty USER is looked up",
        "	if (user_and_group[0] == '\\0')\n", "	if (false)\n"),
    Promise(
        "Who is neither root nor USER already is refused.",
        "test_identity.WithoutRoot.test_another_user", "it carries on as who it is",
        "		return CARRY_ON;\n	return REFUSE;", "		return CARRY_ON;\n	return CARRY_ON;"),
    Promise(
        "A copy of the program that is set-uid refuses to run.",
        "test_identity.CannotSwitch.test_installed_set_uid", "the ids are not compared",
        "	if (credentials->real_uid != credentials->effective_uid)\n", "	if (false)\n"),
    Promise(
        "A copy of the program with file capabilities refuses to run.",
        "test_identity.CannotSwitch.test_installed_with_file_capabilities",
        "the sets are not compared",
        "credentials->effective_uid != 0 && credentials->permitted != credentials->ambient",
        "false"),
    Promise(
        "A system call of the start that only seems to have worked ends it.",
        "test_faults.Refused.test_umask", "the umask is not looked at",
        "		if (umask(settings->umask) != settings->umask)\n", "		if (false)\n"),
)

VARIABLES = (
    Promise(
        "No variable says who main is, or what root opens, writes or gives away.",
        "test_command_line.Variables.test_none_says_who_main_is_or_what_root_writes",
        "`--chown` has a variable",
        'VALUE(0, "chown", set_chown, FOR_USER)',
        'VALUE(0, "chown", set_chown, FOR_USER | IN_ENVIRONMENT)'),
    Promise(
        "Root from a variable of `--ids-from-env` takes the author's `--allow-root`.",
        "test_ids.Ids.test_root_from_a_variable", "0 is an id like any other",
        "if (*id == 0 && !allow_root)", "if (false && !allow_root)"),
    Promise(
        "Before the switch no termination log is opened but the default one.",
        "test_telling.TerminationLog.test_before_the_switch_no_other_path_is_opened",
        "any path is opened",
        "(plan->has_switched || plan->now->effective_uid != 0 ||", "(true ||"),
    Promise(
        "The termination log is opened with the rights of main, under `--root-init` too.",
        "test_telling.TerminationLog.test_it_is_opened_as_the_user", "init opens it as root",
        "	if (program->become)\n		return credentials_borrow(",
        "	if (false)\n		return credentials_borrow("),
    Promise(
        "What goes to the termination log is one line without control characters.",
        "test_telling.TerminationLog.test_control_characters_are_masked", "they are not masked",
        "	text_mask_controls(&text);\n	buffer[text.length++] = '\\n';",
        "	buffer[text.length++] = '\\n';"),
    Promise(
        "The termination log is a regular file, and no link to one.",
        "test_guards.TerminationLog.test_why_it_cannot_be_opened", "links are followed",
        "O_WRONLY | O_NOFOLLOW | O_NONBLOCK", "O_WRONLY | O_NONBLOCK"),
    Promise(
        "What main itself has written to the termination log stays.",
        "test_telling.TerminationLog.test_what_main_has_written_stays", "it is overwritten",
        "if (look(log, &status) || !is_as_remembered(log, &status))",
        "if (look(log, &status) || (false && !is_as_remembered(log, &status)))"),
    Promise(
        "Names and values cannot make a second line on stderr, or control a terminal.",
        "test_reporting.Reporting.test_names_cannot_make_a_second_line", "lines are not masked",
        "	text_mask_controls(line);\n", "	(void)line;\n"),
)

FILES = (
    Promise(
        "A walk goes through no symbolic link.",
        "test_ownership.WhatIsGiven.test_links_are_not_followed", "what a link leads to is given",
        "give_at(walk, level->descriptor, entry->name, AT_SYMLINK_NOFOLLOW, seen,",
        "give_at(walk, level->descriptor, entry->name, 0, seen,"),
    Promise(
        "A walk goes onto nothing that is mounted below.",
        "test_ownership.WhatIsGiven.test_what_is_mounted_below_is_not_entered",
        "`openat2` may cross a mount",
        "walk->is_inside ? no_mount_points : 0", "walk->is_inside ? 0 * no_mount_points : 0"),
    Promise(
        "A file of root's with several names is not given away.",
        "test_ownership.WhatIsGiven.test_a_hard_link_of_roots_is_kept", "names are not counted",
        "	if (is_roots && !S_ISDIR(status->st_mode) && status->st_nlink > 1)\n", "	if (false)\n"),
    Promise(
        "No device is given away.",
        "test_ownership.WhatIsGiven.test_no_device_is_given", "devices are like files",
        "	if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))\n", "	if (false)\n"),
    Promise(
        "What belongs to somebody else stays theirs.",
        "test_paths.Others.test_how_much_it_is_and_whose", "everybody's is given",
        "	if (!(is_roots && change->roots_too) && status->st_uid != change->from_uid &&\n"
        "	    status->st_uid != change->to_uid)\n", "	if (false)\n"),
    Promise(
        "A link on the way to a path is followed only where nobody but root can have put it.",
        "test_paths.OnTheWay.test_what_main_has_planted", "every link is followed",
        "!walk->is_kept || status->st_uid != 0 || !trusted_path_is_kept(&walk->status, status) ||\n", "\n"),
    Promise(
        "An owner that the user namespace does not map is nobody to become.",
        "test_rootless.Rootless.test_an_owner_that_is_not_mapped", "the overflow id is an owner",
        "	    is_unmapped(ids->uid,", "	    false && is_unmapped(ids->uid,"),
    Promise(
        "Account files keep their mode and owner.",
        "test_account_files.HostileFiles.test_mode_and_owner_stay", "the mode is not set",
        "syscall(SYS_fchmod, descriptor, change->status.st_mode & 07777) == 0 &&", "true &&"),
    Promise(
        "Account files keep their access control lists.",
        "test_account_files.HostileFiles.test_an_access_control_list_stays",
        "a file with a list is replaced",
        "(has_no_acl(change->old.descriptor) && has_no_acl(descriptor))",
        "(true || (has_no_acl(change->old.descriptor) && has_no_acl(descriptor)))"),
    Promise(
        "The lock of an account file that was replaced meanwhile is none.",
        "test_guards.AccountFiles.test_a_lock_of_a_file_that_was_replaced_is_none",
        "the name is not looked at again", "return is_same(&locked, &named) ? 0 : EWOULDBLOCK;", "return 0;"),
    Promise(
        "Of stdin, stdout and stderr files, devices and pipes with a name keep their owner.",
        "test_stdio.Stdio.test_files_and_devices_keep_their_owner", "a FIFO with a name is given",
        "(S_ISFIFO(stream->mode) && stream->is_anonymous)", "(S_ISFIFO(stream->mode))"),
)

MAIN = (
    Promise(
        "Main and init share no descriptor that init was not given as stdout or stderr.",
        "test_descriptors.Descriptors.test_init_keeps_no_descriptor_that_main_was_given",
        "init closes nothing",
        "	descriptors_release(&plan->termination_log.descriptor);\n", ""),
    Promise(
        "Under `--new-session` main cannot push input into the terminal.",
        "test_terminal_session.NewSession.test_main_can_not_push_input_into_the_terminal",
        "main gets a process group alone",
        "if ((program->new_session ? setsid() : setpgid(0, 0)) < 0)", "if (setpgid(0, 0) < 0)"),
    Promise(
        "Under `--new-session` nobody of main's user can open what init holds.",
        "test_descriptors.Descriptors.test_main_in_a_session_of_its_own_gets_nothing_of_init",
        "init is dumpable there too",
        "plan->becomes && plan->settings->program.session != SESSION_NEW", "plan->becomes"),
    Promise(
        "As a subreaper init signals its own descendants alone.",
        "test_ending.Subreaper.test_one_in_the_same_namespace_is_not_either",
        "the parents of a process are not followed",
        "if (!is_pid1(walk->tree) && !ancestors.lead_to_init)",
        "if (false && !is_pid1(walk->tree) && !ancestors.lead_to_init)"),
    Promise(
        "No flood of signals keeps init from reaping, or from its deadlines.",
        "test_refused.Turns.test_a_full_queue_of_signals_keeps_init_from_nothing",
        "pending signals are taken first, however many",
        "init->signals_in_a_row >= SIGNALS_IN_A_ROW", "false"),
    Promise(
        "No flood of one signal hides another.",
        "test_refused.Turns.test_a_full_queue_of_its_thread_hides_no_stop_and_no_end",
        "those that were taken are not passed over",
        "signals_exclude(&init->not_taken, signal);", ""),
    Promise(
        "A sandbox that refuses what init lives by is an error before main runs.",
        "test_refused.Refused.test_before_main_runs_it_is_an_error", "nobody asks",
        "if (!supervise_is_possible(failure) || ",
        "if ((false && !supervise_is_possible(failure)) || "),
)

THEMES = {"Who main is": WHO, "Variables": VARIABLES, "Files": FILES, "Main and init": MAIN}
