/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <string.h>

#include "report/failure.h"

void settings_add_defaults(struct settings *settings)
{
	/* Sixteen at a time: one by one they would be a tenth of all instructions of a start. */
	uint8_t statuses __attribute__((vector_size(16))) = {0, 1, 2,  3,  4,  5,  6,  7,
							     8, 9, 10, 11, 12, 13, 14, 15};

	settings->lifecycle = lifecycle_defaults();
	settings->failure_status[0] = STATUS_REFUSED;
	settings->failure_status[1] = STATUS_CANNOT_RUN;
	settings->failure_status[2] = STATUS_NOT_FOUND;
	settings->reporter = (struct reporter){.name = "dinit-su", .level = REPORT_WARNINGS};
	for (size_t at = 0; at < sizeof(settings->exit_map); at += sizeof(statuses), statuses += 16)
		memcpy(settings->exit_map + at, &statuses, sizeof(statuses));
}
