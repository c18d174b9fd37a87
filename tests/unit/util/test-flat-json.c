// SPDX-License-Identifier: GPL-2.0-only
/* Flat JSON objects, right and wrong ones, and what their members are. */
#include "test.h"
#include "flat-json.h"

static char seen[512];

static void take(void *arg __attribute__((unused)), const char *key, size_t key_len,
		 const char *value, size_t len)
{
	size_t n = strlen(seen);

	snprintf(seen + n, sizeof(seen) - n, "%.*s=%.*s;", (int)key_len, key, (int)len, value);
}

struct row {
	const char *text;
	const char *members; /* NULL: it is refused */
};

/* From an allocation of just that size, so that the sanitizer sees a look beyond. */
static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(rows[i].text);
		char *text = malloc(len ? len : 1);
		const char *fault;

		memcpy(text, rows[i].text, len);
		seen[0] = '\0';
		fault = flat_json_parse(text, len, take, NULL);
		free(text);
		if (!fault != !!rows[i].members)
			fail_msg("<%s>: %s", rows[i].text, fault ? fault : "not refused");
		if (!fault)
			assert_string_equal(seen, rows[i].members);
	}
}

TEST_ROWS(test_objects, check, struct row,
	  { "{}", "" },
	  { " { } \r\n", "" },
	  { "{\"a\":1}", "a=1;" },
	  { "{ \"a\" : \"b\" , \"c\":-0.5e+3 }", "a=b;c=-0.5e+3;" },
	  { "{\"a\":true,\"b\":false,\"c\":null,\"d\":\"\"}", "a=true;b=false;d=;" },
	  { "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "a=\"\\/\b\f\n\r\t;" },
	  { "{\"a\":\"\\u00fc\\u20ac\\ud83d\\ude00x\"}", "a=\303\274\342\202\254\360\237\230\200x;" },
	  { "{\"\\u0061\":\"\303\274\"}", "a=\303\274;" },
	  { "{\"a\":[104,105,255],\"b\":2}", "a=hi\377;b=2;" },
	  { "{\"a\":[],\"b\":[\"x\",\"y\"],\"c\":[1,\"x\"],\"d\":[256],\"e\":[1.5]}", "" },
	  { "{\"a\": [ 104 , 105 ] }", "a=hi;" });

TEST_ROWS(test_refused, check, struct row,
	  { "", NULL },
	  { "[]", NULL },
	  { "{", NULL },
	  { "{}x", NULL },
	  { "{}{}", NULL },
	  { "{\"a\"}", NULL },
	  { "{\"a\":}", NULL },
	  { "{\"a\":1,}", NULL },
	  { "{,\"a\":1}", NULL },
	  { "{\"a\":1 \"b\":2}", NULL },
	  { "{a:1}", NULL },
	  { "{\"a\":{}}", NULL },
	  { "{\"a\":[[1]]}", NULL },
	  { "{\"a\":[1,]}", NULL },
	  { "{\"a\":[1", NULL },
	  { "{\"a\":01}", NULL },
	  { "{\"a\":1.}", NULL },
	  { "{\"a\":.5}", NULL },
	  { "{\"a\":-}", NULL },
	  { "{\"a\":1e}", NULL },
	  { "{\"a\":+1}", NULL },
	  { "{\"a\":nul}", NULL },
	  { "{\"a\":True}", NULL },
	  { "{\"a\":\"}", NULL },
	  { "{\"a\":\"\n\"}", NULL },
	  { "{\"a\":\"\001n\"}", NULL },
	  { "{\"a\":\"\\x41\"}", NULL },
	  { "{\"a\":\"\\", NULL },
	  { "{\"a\":\"\\u12", NULL },
	  { "{\"a\":\"\\u12g4\"}", NULL },
	  { "{\"a\":\"\\u\020\020\020\020\"}", NULL },
	  { "{\"a\":\"\\ud800\"}", NULL },
	  { "{\"a\":\"\\ud800\\u0041\"}", NULL },
	  { "{\"a\":\"\\udc00\"}", NULL },
	  { "{\"a\":\"\377\"}", NULL },
	  { "{\"a\":\"\303\"}", NULL });
