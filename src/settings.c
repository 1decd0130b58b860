/* SPDX-License-Identifier: MIT */
#include "settings.h"

struct settings settings_defaults(void)
{
	struct settings settings = {
		.lifecycle = lifecycle_defaults(),
		.reporter = {.level = REPORT_WARNINGS},
	};

	for (int status = 0; status < 256; status++)
		settings.exit_map[status] = (uint8_t)status;
	return settings;
}
