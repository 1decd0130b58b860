/* SPDX-License-Identifier: MIT */
/* What the unit tests share: one suite a room, and files made for a test. */
#ifndef DINIT_SU_UNIT_H
#define DINIT_SU_UNIT_H

#include <check.h>
#include <stddef.h>

/* An old name of Check's own for ck_abort_msg(), and the name of ours in failure.h. */
#undef fail

#include "settings.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *account_files_suite(void);
Suite *accounts_suite(void);
Suite *accounts_groups_suite(void);
Suite *cmdline_suite(void);
Suite *cmdline_refused_suite(void);
Suite *completions_suite(void);
Suite *credentials_suite(void);
Suite *delivery_suite(void);
Suite *dropin_suite(void);
Suite *environment_suite(void);
Suite *explain_suite(void);
Suite *identity_suite(void);
Suite *identity_other_ids_suite(void);
Suite *identity_refused_suite(void);
Suite *ids_suite(void);
Suite *lifecycle_any_order_suite(void);
Suite *lifecycle_ending_suite(void);
Suite *lifecycle_signals_suite(void);
Suite *lifecycle_stops_suite(void);
Suite *linger_suite(void);
Suite *lines_suite(void);
Suite *network_suite(void);
Suite *options_suite(void);
Suite *json_suite(void);
Suite *nearest_suite(void);
Suite *ownership_suite(void);
Suite *parse_suite(void);
Suite *process_suite(void);
Suite *program_file_suite(void);
Suite *report_suite(void);
Suite *search_suite(void);
Suite *signal_names_suite(void);
Suite *signals_suite(void);
Suite *standard_streams_suite(void);
Suite *text_suite(void);
Suite *trusted_path_suite(void);
Suite *variables_suite(void);

/* A suite of one case with these tests, each run in a process of its own. */
Suite *suite_of(const char *name, const TTest *const tests[], int count);

/* What a command line without options leaves. */
struct settings default_settings(void);

/* Make sure what a function finds on the stack that does not set all of its variables: zeros. */
void clear_stack(void);

/* The path of a new file with this content, in memory that nobody gives back. */
const char *file_with(const void *content, size_t size);
const char *file_with_text(const char *text);

/*
 * Remove the files that file_with() made in this process. After a test that failed Check does not
 * call this; what is left then is removed at the very end, with the directory that they are in.
 */
void remove_files(void);

#endif
