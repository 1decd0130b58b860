/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <string.h>

#include "failure.h"

struct settings settings_defaults(void)
{
	/* Sixteen at a time: one by one they would be a tenth of all instructions of a start. */
	uint8_t statuses __attribute__((vector_size(16))) = {0, 1, 2,  3,  4,  5,  6,  7,
							     8, 9, 10, 11, 12, 13, 14, 15};
	struct settings settings = {
		.lifecycle = lifecycle_defaults(),
		.failure_status = {STATUS_REFUSED, STATUS_CANNOT_RUN, STATUS_NOT_FOUND},
		.reporter = {.name = "dinit-su", .level = REPORT_WARNINGS},
	};

	for (size_t at = 0; at < sizeof(settings.exit_map); at += sizeof(statuses), statuses += 16)
		memcpy(settings.exit_map + at, &statuses, sizeof(statuses));
	return settings;
}
