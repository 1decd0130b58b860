/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

#define LONGEST 31

size_t nearest_distance(const char *word, size_t length, const char *other)
{
	const size_t count = strlen(other);
	/* row[i]: the distance of the characters of word that are done to the first i of other. */
	size_t row[LONGEST + 1];

	if (count > LONGEST)
		return SIZE_MAX;
	for (size_t i = 0; i <= count; i++)
		row[i] = i;
	for (size_t at = 0; at < length; at++) {
		size_t diagonal = row[0];

		row[0] = at + 1;
		for (size_t i = 0; i < count; i++) {
			const size_t replaced = diagonal + (word[at] != other[i]);
			const size_t other_way = (row[i] < row[i + 1] ? row[i] : row[i + 1]) + 1;

			diagonal = row[i + 1];
			row[i + 1] = replaced < other_way ? replaced : other_way;
		}
	}
	return row[count];
}

bool nearest_is_close(size_t length, size_t distance)
{
	return distance <= 1 + length / 4;
}
