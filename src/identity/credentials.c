/* SPDX-License-Identifier: MIT */
/*
 * These cases must hold, whatever the runtime, the image or a sandbox has done before. The tests of
 * each are in tests/system: test_identity, test_rights, test_faults.
 *
 * 1. A copy that is set-uid, set-gid or has file capabilities refuses to run, before it reads
 *    anything that its caller has written.
 * 2. After the switch the real, effective and saved uid are the user's, and the three gids are the
 *    group's. The file system ids follow the effective ones: credentials(7).
 * 3. The supplementary groups are exactly those of the target. Groups change before the gid, and
 *    the gid before the uid, because each change needs a right that the next one takes away.
 * 4. A user other than root has exactly the kept capabilities in the permitted and inheritable sets
 *    and none in the effective set. That is so too if the runtime filled the inheritable set
 *    (CVE-2022-24769) or set secure bits that keep capabilities over setresuid(2).
 * 5. The ambient set of main is exactly the kept capabilities. Main's execve(2) makes them
 * effective.
 * 6. A user other than root cannot get uid 0 back.
 * 7. Root keeps the capabilities that the container was given.
 * 8. no_new_privs, if asked for, is set before the switch. Nothing can clear it: prctl(2).
 * 9. What the kernel does not confirm is not done: if a verification fails, or cannot be made,
 *    nothing is run. The process has changed in part by then, so it ends.
 * 10. While init borrows the rights of a user it has no effective capability, whatever secure bits
 *    say about setresuid(2).
 * 11. With --root-init the new process switches and init does not. Credentials belong to a process,
 *    although the two share memory until execve(2).
 */
#include "identity/credentials.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/pages.h"

/*
 * Raw system calls. The functions of the C libraries make every thread of the process switch, by
 * sending each a signal. This process has one thread, and under --root-init it is a child that
 * shares init's memory, vfork(2), which the libraries do not expect. Where the kernel has calls for
 * 16-bit and for 32-bit ids, the latter have names that end in 32.
 */
#ifdef SYS_setresuid32
#undef SYS_setresuid
#undef SYS_setresgid
#undef SYS_setgroups
#define SYS_setresuid SYS_setresuid32
#define SYS_setresgid SYS_setresgid32
#define SYS_setgroups SYS_setgroups32
#endif

/*
 * Whether the process was root at execve(2), and with which ids: getauxval(3), without a system
 * call. That is enough for root, as everything root becomes is verified. The ids of anybody else
 * are asked for again, because they change when the maps of a user namespace are written.
 */
static bool is_root_since_execve(struct credentials *credentials)
{
	errno = 0;
	credentials->real_uid = (uid_t)getauxval(AT_UID);
	credentials->effective_uid = (uid_t)getauxval(AT_EUID);
	credentials->real_gid = (gid_t)getauxval(AT_GID);
	credentials->effective_gid = (gid_t)getauxval(AT_EGID);
	return errno == 0 && credentials->effective_uid == 0;
}

bool credentials_read(struct credentials *credentials, struct failure *failure)
{
	struct capability_sets sets;
	uid_t saved_uid;
	gid_t saved_gid;

	*credentials = (struct credentials){0};
	if (is_root_since_execve(credentials))
		return true;
	if (getresuid(&credentials->real_uid, &credentials->effective_uid, &saved_uid) < 0 ||
	    getresgid(&credentials->real_gid, &credentials->effective_gid, &saved_gid) < 0)
		return fail_to("read user and group ids", failure);
	if (!capabilities_read(&sets) ||
	    !capabilities_read_ambient(sets.permitted, &credentials->ambient))
		return fail_to("read capabilities", failure);
	credentials->permitted = sets.permitted;
	return true;
}

int credentials_groups(const gid_t **groups)
{
	static gid_t have[GROUPS_MAX] __attribute__((aligned(4096)));

	*groups = have;
	return getgroups(GROUPS_MAX, have);
}

bool credentials_may_start(const struct credentials *credentials, struct failure *failure)
{
	if (credentials->real_uid != credentials->effective_uid)
		return fail(
			failure, STATUS_REFUSED,
			"installed set-uid: anybody could become anybody; chmod u-s this program");
	if (credentials->real_gid != credentials->effective_gid)
		return fail(
			failure, STATUS_REFUSED,
			"installed set-gid: anybody could join any group; chmod g-s this program");
	/*
	 * After execve(2) the permitted set of a user other than root is the ambient set, which a
	 * runtime may have filled, and what the capabilities of the executed file add.
	 */
	if (credentials->effective_uid != 0 && credentials->permitted != credentials->ambient)
		return fail(failure, STATUS_REFUSED,
			    "installed with file capabilities: "
			    "anybody could use them; setcap -r this program");
	return true;
}

static bool differ(const char *what, struct failure *failure)
{
	return fail(failure, STATUS_REFUSED, "%s not as asked for after the switch", what);
}

static bool verify_ids(const struct new_credentials *target)
{
	/* Values that no process has, in case a call succeeds without filling them in. */
	uid_t uid[3] = {(uid_t)-1, (uid_t)-1, (uid_t)-1};
	gid_t gid[3] = {(gid_t)-1, (gid_t)-1, (gid_t)-1};

	if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 || getresgid(&gid[0], &gid[1], &gid[2]) < 0)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (uid[i] != target->uid || gid[i] != target->gid)
			return false;
	}
	return true;
}

/* Order does not matter: the kernel sorts the list. */
static bool verify_groups(const struct new_credentials *target)
{
	/* Usually enough. The buffer for the most possible groups would touch another page. */
	gid_t few[64];
	const gid_t *have = few;
	int count = getgroups(sizeof(few) / sizeof(few[0]), few);
	bool good;

	if (count < 0)
		count = credentials_groups(&have);
	good = count >= 0 && (size_t)count == target->groups.count;
	for (int i = 0; good && i < count; i++)
		good = group_set_has(&target->groups, have[i]);
	/* The large buffer is no longer needed: give its pages back. */
	if (have != few)
		pages_give_back((void *)have, GROUPS_MAX * sizeof(*have));
	return good;
}

/* True if exactly these are permitted and inheritable and none is effective; false on an error too.
 */
static bool has_only(uint64_t capabilities)
{
	struct capability_sets sets;

	return capabilities_read(&sets) && !sets.effective && sets.permitted == capabilities &&
	       sets.inheritable == capabilities;
}

/*
 * EPERM: a process without CAP_SETUID can only set an id to one of its three, setresuid(2). EINVAL:
 * this user namespace has no uid 0. Any other errno verifies nothing.
 */
static bool verify_no_way_back(struct failure *failure)
{
	if (syscall(SYS_setresuid, -1, 0, -1) == 0)
		return fail(failure, STATUS_REFUSED, "could go back to root after the switch");
	return errno == EPERM || errno == EINVAL ||
	       fail_to("verify that root is out of reach", failure);
}

static bool verify(const struct new_credentials *target, struct failure *failure)
{
	if (!verify_ids(target))
		return fail(failure, STATUS_REFUSED,
			    "user and group are not %u:%u after the switch", target->uid,
			    target->gid);
	if (!verify_groups(target))
		return differ("supplementary groups are", failure);
	return target->uid == 0 || verify_no_way_back(failure);
}

/* Fail with the errno of a call that changes ids, and the way out of the usual two causes. */
static bool explain_refusal(struct failure *failure, const char *call, unsigned int id,
			    const char *capability)
{
	const int error = errno;

	fail(failure, STATUS_REFUSED, "%s %u: %s", call, id, strerror(error));
	if (error == EPERM)
		fail_further(failure,
			     ": the container needs %s, and a user namespace must allow it",
			     capability);
	if (error == EINVAL)
		fail_further(failure, ": this user namespace maps no such id");
	return false;
}

bool credentials_keep(uint64_t capabilities, struct failure *failure)
{
	const struct capability_sets kept = {.permitted = capabilities,
					     .inheritable = capabilities};

	if (has_only(capabilities))
		return true;
	if (!capabilities_write(&kept))
		return fail_to("give up capabilities", failure);
	return has_only(capabilities) || differ("capabilities are", failure);
}

/* Make kept capabilities survive setresuid(2): PR_SET_KEEPCAPS of prctl(2). */
static bool prepare_capabilities(const struct new_credentials *target, struct failure *failure)
{
	return !target->capabilities || prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 ||
	       fail_to("keep capabilities", failure);
}

/*
 * With SECBIT_NO_SETUID_FIXUP, capabilities(7), setresuid(2) leaves the effective capabilities as
 * they are, and with them a user could open what is root's.
 */
static bool take_rights(const struct new_credentials *target, const struct capability_sets *own)
{
	struct capability_sets sets = *own;

	if (target->uid != 0)
		sets.effective = 0;
	return syscall(SYS_setgroups, target->groups.count, target->groups.ids) == 0 &&
	       syscall(SYS_setresgid, -1, target->gid, -1) == 0 &&
	       syscall(SYS_setresuid, -1, target->uid, -1) == 0 && capabilities_write(&sets) &&
	       getegid() == target->gid && geteuid() == target->uid && verify_groups(target) &&
	       capabilities_read(&sets) && (target->uid == 0 || !sets.effective);
}

bool credentials_borrow(const struct new_credentials *target, void (*act)(void *context),
			void *context, struct failure *failure)
{
	/* Not credentials_groups(), whose buffer verify_groups() needs. */
	static gid_t groups[GROUPS_MAX] __attribute__((aligned(4096)));
	const int count = getgroups(GROUPS_MAX, groups);
	const gid_t gid = getegid();
	struct capability_sets own;
	bool good = count >= 0 && capabilities_read(&own) && take_rights(target, &own);

	if (good)
		act(context);
	if (good && capabilities_write(&own) && syscall(SYS_setresuid, -1, 0, -1) == 0 &&
	    syscall(SYS_setresgid, -1, gid, -1) == 0 &&
	    syscall(SYS_setgroups, count, groups) == 0 && geteuid() == 0 && getegid() == gid)
		return true;
	return fail(failure, STATUS_REFUSED, "cannot act as uid %u for a moment: %s", target->uid,
		    strerror(errno));
}

bool credentials_pass_on(uint64_t capabilities, struct failure *failure)
{
	uint64_t ambient = 0;

	if (!capabilities)
		return true;
	if (!capabilities_raise_ambient(capabilities) ||
	    !capabilities_read_ambient(UINT64_MAX, &ambient))
		return fail_to("pass capabilities on", failure);
	return ambient == capabilities || differ("ambient capabilities are", failure);
}

bool credentials_gain_no_more(struct failure *failure)
{
	struct capability_sets sets;
	uint64_t ambient, excess;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail_to("set no_new_privs", failure);
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return differ("no_new_privs is", failure);
	if (!capabilities_read(&sets) || !capabilities_read_ambient(sets.inheritable, &ambient))
		return fail_to("read capabilities", failure);
	excess = sets.inheritable & ~ambient;
	if (!excess)
		return true;
	sets.inheritable = ambient;
	if (!capabilities_write(&sets) || !capabilities_read(&sets))
		return fail_to("empty the inheritable set", failure);
	return sets.inheritable == ambient || differ("the inheritable set is", failure);
}

bool credentials_assume(const struct new_credentials *target, struct failure *failure)
{
	if (target->uid != 0 && !prepare_capabilities(target, failure))
		return false;
	/* This order: after the switch of the user no right is left to change the others. */
	if (syscall(SYS_setgroups, target->groups.count, target->groups.ids) < 0)
		return explain_refusal(failure, "setgroups", target->gid, "CAP_SETGID");
	if (syscall(SYS_setresgid, target->gid, target->gid, target->gid) < 0)
		return explain_refusal(failure, "setresgid", target->gid, "CAP_SETGID");
	if (syscall(SYS_setresuid, target->uid, target->uid, target->uid) < 0)
		return explain_refusal(failure, "setresuid", target->uid, "CAP_SETUID");
	/*
	 * Leaving uid 0 empties the effective and permitted sets, unless secure bits prevent it,
	 * but never the inheritable set.
	 */
	if (target->uid != 0 && !credentials_keep(target->capabilities, failure))
		return false;
	return verify(target, failure);
}
