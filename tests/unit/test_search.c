/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/search.h"

#define LENGTH_MAX 200

/* Memory that ends where one may not read, so that a search which goes too far is killed. */
static char *in_front_of_nothing(size_t length)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *start =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(start, MAP_FAILED);
	ck_assert_int_eq(mprotect(start + page, page, PROT_NONE), 0);
	return start + page - length;
}

/* Few different bytes: most places begin or end as a text does and are not that text. */
START_TEST(the_same_as_memmem)
{
	static const char *const texts[] = {"a", "b", "ab", "ba", "aba", "abb", "bbbb", "abbba"};
	const size_t length = (size_t)_i;
	char *at = in_front_of_nothing(length);
	unsigned int seed = 1;

	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < length; i++) {
			seed = seed * 1103515245 + 12345;
			at[i] = (seed >> 16) % 8 ? 'c' : (seed >> 20) % 3 ? 'b' : 'a';
		}
		for (int i = 0; i < COUNT(texts); i++)
			ck_assert_ptr_eq(search_find(at, length, texts[i]),
					 memmem(at, length, texts[i], strlen(texts[i])));
	}
}
END_TEST

START_TEST(at_every_place)
{
	const size_t length = (size_t)_i;
	char *at = in_front_of_nothing(length);

	for (size_t place = 0; place < length; place++) {
		/* What begins and ends as the text is in front of it, and half of it at the end. */
		memset(at, 'x', length);
		if (place >= 4)
			memcpy(at + place - 4, "a-p", 3);
		memcpy(at + length - (length < 2 ? length : 2), "ap", length < 2 ? length : 2);
		if (place + 3 > length) {
			ck_assert_ptr_null(search_find(at, length, "app"));
			continue;
		}
		memcpy(at + place, "app", 3);
		ck_assert_ptr_eq(search_find(at, length, "app"), at + place);
	}
}
END_TEST

Suite *search_suite(void)
{
	Suite *suite = suite_create("search");
	TCase *lengths = tcase_create("lengths");

	tcase_add_loop_test(lengths, the_same_as_memmem, 0, LENGTH_MAX);
	tcase_add_loop_test(lengths, at_every_place, 0, LENGTH_MAX);
	suite_add_tcase(suite, lengths);
	return suite;
}
