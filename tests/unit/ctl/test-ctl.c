// SPDX-License-Identifier: GPL-2.0-only
/* The JSON of a call that fails has an error. */
#include "test.h"
#include "ctl.h"
#include "diagnostic.h"

TEST(the_error_is_the_first_and_not_what_comes_of_it)
{
	struct diagnostics warnings = DIAGNOSTICS_INIT, errors = DIAGNOSTICS_INIT;
	struct place at = { "file", 2, 1 };

	assert_string_equal(ctl_first_error(), "");
	diagnostic_warning(&warnings, NULL, "a warning");
	ctl_diagnostics(&warnings);
	assert_string_equal(ctl_first_error(), "");
	diagnostic_warning(&errors, NULL, "another");
	diagnostic_error(&errors, &at, "the error");
	diagnostic_error(&errors, &at, "the next");
	ctl_diagnostics(&errors);
	assert_string_equal(ctl_first_error(), "file:2:1: the error");
	ctl_error("%s was changed", "nothing");
	assert_string_equal(ctl_first_error(), "file:2:1: the error");
	diagnostics_done(&warnings);
	diagnostics_done(&errors);
}
