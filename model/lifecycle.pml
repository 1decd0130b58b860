/* SPDX-License-Identifier: MIT */
/*
 * Init, and the world around it, for spin to try in every interleaving: ./dev model.
 *
 * What init decides is not modelled: the model calls lifecycle_step() of src/init/lifecycle.c. Modelled
 * are the loop of src/init/supervise.c with events.c and actions.c, system call by system call, the
 * kernel, main, what main leaves behind, `docker exec`, users with kill(1), and time.
 * docs/lifecycle.md tells what is checked.
 *
 * Time is counted in ticks, and only until the next deadline, so that it can go on for ever. Names
 * here differ from those of lifecycle.h, because the preprocessor would replace them in the C code
 * too. A static assertion holds the numbers that must be equal in both.
 */

/* Settings, in ticks. A tick is how often init looks for the end of what is no child of its own. */
#define NEVER 255
#define DELAY 1
#define SOON 1 /* --stop-timeout */
#define WAIT 2
#define LATER 1 /* when init looks again at those whom somebody looks after */

/* How many signals, births and stops there are at most in one life. */
#ifndef EVENTS
#define EVENTS 4
#endif

/* The signals that users send: two that ask for a stop, one for the group, one for main alone. */
#define KINDS 4
#define TERM 0
#define INT 1
#define HUP 2
#define USR1 3
#define IS_STOP(kind) (kind <= INT)
#define NO_SIGNAL KINDS

/* What a place for a process holds. Place 0 is main's. */
#define FREE 0
#define ALIVE 1
#define STOPPED 2
#define DYING 3 /* killed, but still there */
#define ZOMBIE 4
#define PLACES 3
#define MAIN 0
#define OF_INIT PLACES
#define OF_STRANGER (PLACES + 1)

/* enum phase */
#define RUNNING 0
#define DAEMONS 1
#define ENDING 3
#define KILLING 4

/* enum event_kind */
#define SIGNAL_CAME 0
#define MAIN_STOPPED 1
#define MAIN_ENDED 2
#define ALL_REAPED 3
#define TIME_CAME 4
#define ASKED 5
#define NETWORK_SEEN 6
#define UNREACHABLE 7
#define NO_EVENT 8

/* What ASKED tells. */
#define IS_OVER 1
#define ASKS_AGAIN 2

/* enum action_kind */
#define TO_BRANCHES 0
#define TO_GROUP 1
#define TO_MAIN 2
#define TO_ALL 3
#define HOLD 4
#define STOP_TOO 5
#define TERMINAL 6
#define ASK 7
#define ASK_AGAIN 8
#define KILL_MAIN 9
#define KILL_ALL 10
#define LOOK 11
#define END 12
#define ASK_GROUP 13

/* enum rest */
#define ENDED_TOO 0
#define AWAITED 1
#define LEFT 2
#define LEFT_BUT_GROUP 3

/* enum remaining */
#define NOBODY 0
#define CHILDREN 1
#define STRANGERS 2
#define OUT_OF_REACH 3

/* What is sent beside kinds of signals. */
#define CONT 5
#define KILL 6

c_decl {
\#include <stdint.h>
\#include <string.h>
\#include "init/lifecycle.h"
};

/* Settings: chosen at the start. */
bool pause, is_pid1, lingers;
byte rest;
byte delay, timeout_after, wait_for;

/* struct lifecycle, but for the settings; deadlines as the ticks that are left. */
byte phase, held, status;
bool main_lives;
byte pass_in = NEVER, stop_in = NEVER, kill_in = NEVER, check_in = NEVER, ask_in = NEVER,
	linger_in = NEVER;
byte ask_from_in, filters_in; /* 0: they have come */

/* struct supervisor, and the event that is being handled */
bool reaping, any_ended, unreachable, ended, reached;
bool has_asked, anybody, found_foreign; /* what came of ASK */
bool looked, found;	 /* at the network; it was sending */
byte event, detail;

/* struct decision */
byte actions, next;
byte action[4], action_signal[4];

/* The kernel. */
bool pending[KINDS], child_pending;
byte life[PLACES], parent[PLACES];
bool foreign[PLACES];	 /* belongs to another user: init may not signal it */
bool told_stop[PLACES];	 /* a stop signal waits for it to be continued */
bool told[PLACES];	 /* it was asked to end */
bool handler[PLACES];	 /* it looks after its children */
bool tells_stop;	 /* main was stopped, and waitpid has not said so yet */
byte main_status;	 /* its own, whatever init makes of it */
bool stranger;
bool sending;		 /* the network has not taken the last bytes yet */
byte happened;		 /* up to EVENTS */

/* What the checks remember. It is found out without lifecycle.c. */
bool owed[KINDS];	 /* came while main lived, and has not reached it */
bool passed;		 /* a stop signal was passed on */
byte since_passed;	 /* ticks since then, up to SOON */
bool asked;		 /* leftovers were sent TERM */
byte since_asked;	 /* ticks since then, up to WAIT */
bool wanted, all_told;	 /* a stop signal was taken; and passed on to all that is left */
bool strange;		 /* somebody belonged to another user */
bool spared;		 /* main could not be killed */
bool again;		 /* a second stop signal was taken */

c_code {
\#define TICK 20
\#define LINGER_TICKS 1
\#define NOW 1000000

_Static_assert(RUNNING == PHASE_RUNNING && DAEMONS == PHASE_DAEMONS && ENDING == PHASE_ENDING &&
	KILLING == PHASE_KILLING &&
	SIGNAL_CAME == EVENT_SIGNAL && MAIN_STOPPED == EVENT_MAIN_STOPPED &&
	MAIN_ENDED == EVENT_MAIN_ENDED && ALL_REAPED == EVENT_ALL_REAPED &&
	TIME_CAME == EVENT_TIME && ASKED == EVENT_ASKED &&
	NETWORK_SEEN == EVENT_NETWORK && UNREACHABLE == EVENT_UNREACHABLE &&
	TO_BRANCHES == ACTION_FORWARD_TO_BRANCHES && TO_GROUP == ACTION_FORWARD_TO_GROUP &&
	TO_MAIN == ACTION_FORWARD_TO_MAIN && TO_ALL == ACTION_FORWARD_TO_ALL &&
	HOLD == ACTION_HOLD_BACK && STOP_TOO == ACTION_STOP_WITH_MAIN &&
	TERMINAL == ACTION_TAKE_TERMINAL && ASK == ACTION_ASK && ASK_AGAIN == ACTION_ASK_AGAIN &&
	KILL_MAIN == ACTION_KILL_MAIN && KILL_ALL == ACTION_KILL_ALL &&
	LOOK == ACTION_LOOK_AT_NETWORK && END == ACTION_END &&
	ASK_GROUP == ACTION_ASK_GROUP && NOBODY == REMAINING_NOBODY &&
	CHILDREN == REMAINING_CHILDREN && STRANGERS == REMAINING_STRANGERS &&
	OUT_OF_REACH == REMAINING_OUT_OF_REACH &&
	ENDED_TOO == REST_IS_ENDED && AWAITED == REST_IS_AWAITED && LEFT == REST_IS_LEFT &&
	LEFT_BUT_GROUP == REST_IS_LEFT_BUT_GROUP, "the model and lifecycle.h count alike");

/* Why the model cannot follow a step, or NULL. */
static char *wrong;

static void impossible(char *what)
{
	if (!wrong)
		wrong = what;
}

/* As they come in; INT is rewritten to QUIT. */
static const int received[KINDS] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

static unsigned char kind_of(int signal)
{
	switch (signal) {
	case 0: return NO_SIGNAL;
	case SIGTERM: return TERM;
	case SIGQUIT: return INT;
	case SIGHUP: return HUP;
	case SIGUSR1: return USR1;
	case SIGCONT: return CONT;
	case SIGKILL: return KILL;
	case SIGTSTP: return NO_SIGNAL;
	}
	impossible("a signal that was not to be sent");
	return 0;
}

static int64_t from_ticks(unsigned char left)
{
	return left == NEVER ? NO_DEADLINE : NOW + left * TICK;
}

static unsigned char to_ticks(int64_t deadline)
{
	if (deadline == NO_DEADLINE)
		return NEVER;
	if (deadline < NOW || deadline > NOW + 100 * TICK || (deadline - NOW) % TICK)
		impossible("a deadline that the model cannot count");
	return (unsigned char)((deadline - NOW) / TICK);
}

static struct lifecycle_settings settings(void)
{
	struct lifecycle_settings chosen = lifecycle_defaults();

	chosen.stop_delay = now.delay * TICK;
	chosen.stop_timeout = now.timeout_after == NEVER ? NO_DEADLINE : now.timeout_after * TICK;
	chosen.wait = now.wait_for * TICK;
	chosen.later = LATER * TICK;
	chosen.linger = now.lingers * LINGER_TICKS * TICK;
	chosen.rest = now.rest;
	chosen.pause = now.pause;
	chosen.kernel_ends_rest = now.is_pid1;
	chosen.send_as[SIGINT] = SIGQUIT;
	return chosen;
}

/* Of a time that has come it does not matter how long ago that was. */
static int64_t not_past(int64_t time)
{
	return time < NOW ? NOW : time;
}

static void write_state(struct lifecycle *state)
{
	state->ask_from = not_past(state->ask_from);
	state->filters_from = not_past(state->filters_from);
	now.ask_in = to_ticks(state->ask_at);
	now.ask_from_in = to_ticks(state->ask_from);
	now.filters_in = to_ticks(state->filters_from);
	now.phase = (unsigned char)state->phase;
	now.main_lives = state->main_lives;
	now.held = kind_of(state->stop_signal);
	now.status = (unsigned char)state->status;
	now.pass_in = to_ticks(state->pass_at);
	now.stop_in = to_ticks(state->stop_at);
	now.kill_in = to_ticks(state->kill_at);
	now.check_in = to_ticks(state->check_at);
	now.linger_in = to_ticks(state->linger_until);
}

static void read_state(struct lifecycle *state)
{
	static const int sent_as[] = {SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, 0};
	const struct lifecycle_settings chosen = settings();

	memset(state, 0, sizeof(*state));
	memcpy(&state->settings, &chosen, sizeof(chosen));
	state->phase = now.phase;
	state->main_lives = now.main_lives;
	state->stop_signal = sent_as[now.held];
	state->status = now.status;
	state->pass_at = from_ticks(now.pass_in);
	state->stop_at = from_ticks(now.stop_in);
	state->kill_at = from_ticks(now.kill_in);
	state->check_at = from_ticks(now.check_in);
	state->linger_until = from_ticks(now.linger_in);
	state->ask_at = from_ticks(now.ask_in);
	state->ask_from = from_ticks(now.ask_from_in);
	state->filters_from = from_ticks(now.filters_in);
}

static void start(void)
{
	const struct lifecycle_settings chosen = settings();
	struct lifecycle state = lifecycle_start(&chosen);

	write_state(&state);
}

static unsigned char earliest(void)
{
	unsigned char left = now.pass_in;

	left = now.stop_in < left ? now.stop_in : left;
	left = now.kill_in < left ? now.kill_in : left;
	left = now.ask_in < left ? now.ask_in : left;
	return now.check_in < left ? now.check_in : left;
}

/* The model must keep all of the state: what it does not keep is lost before the next step. */
static void keep(struct lifecycle *state)
{
	struct lifecycle kept;

	write_state(state);
	if (to_ticks(lifecycle_deadline(state)) != earliest())
		impossible("the deadline is not the earliest one");
	read_state(&kept);
	if (memcmp(&kept, state, sizeof(kept)) != 0)
		impossible("the model does not keep all of struct lifecycle");
}

static void step(int kind, int detail)
{
	struct event event = {.kind = kind};
	struct decision decision;
	struct lifecycle state;

	if (kind == SIGNAL_CAME)
		event.signal = received[detail];
	else if (kind == MAIN_STOPPED)
		event.signal = SIGTSTP;
	else if (kind == MAIN_ENDED)
		event.status = detail > 128 ? detail - 128 : detail << 8;
	else if (kind == NETWORK_SEEN)
		event.is_sending = detail;
	else if (kind == ASKED) {
		event.is_over = detail & IS_OVER;
		event.asks_again = (detail & ASKS_AGAIN) != 0;
	} else {
		event.remaining = detail;
		event.any_ended = now.any_ended;
	}
	read_state(&state);
	decision = lifecycle_step(&state, &event, NOW);
	keep(&state);
	now.actions = (unsigned char)decision.count;
	now.next = 0;
	for (int i = 0; i < decision.count; i++) {
		now.action[i] = (unsigned char)decision.actions[i].kind;
		now.action_signal[i] = kind_of(decision.actions[i].signal);
		/* A stop that main was told of has reached those who were there then. */
		if (kind == MAIN_ENDED && decision.actions[i].kind == ACTION_FORWARD_TO_ALL &&
		    !decision.actions[i].to_untold)
			impossible("daemons are told twice");
	}
}
};

#define EXISTS(place) (life[place] != FREE)
#define RUNS(place) (life[place] == ALIVE || life[place] == STOPPED)
#define ZOMBIE_OF_INIT(place) (life[place] == ZOMBIE && parent[place] == OF_INIT)
#define CHILD_LIVES(place) (EXISTS(place) && life[place] != ZOMBIE && parent[place] == OF_INIT)
#define HAS_CHILDREN (CHILD_LIVES(0) || CHILD_LIVES(1) || CHILD_LIVES(2))
#define ANYBODY (stranger || EXISTS(0) || EXISTS(1) || EXISTS(2))
#define PENDING (pending[TERM] || pending[INT] || pending[HUP] || pending[USR1])
#define IS_TIME (pass_in == 0 || stop_in == 0 || kill_in == 0 || check_in == 0 || ask_in == 0)
#define HAS_TIME (pass_in != NEVER || stop_in != NEVER || kill_in != NEVER || check_in != NEVER || \
	ask_in != NEVER)
#define REACHABLE(place) (EXISTS(place) && !foreign[place] && \
	(life[place] != ZOMBIE || parent[place] == OF_INIT))
#define SOMEBODY_REACHABLE (stranger || REACHABLE(0) || REACHABLE(1) || REACHABLE(2))
/* Somebody above it, one or two steps, handles the signal; who may not be told looks after nobody. */
#define HANDLES(place) (handler[place] && RUNS(place) && !foreign[place])
#define ABOVE(place) (parent[place] < PLACES && HANDLES(parent[place]))
#define LOOKED_AFTER(place) (ABOVE(place) || (parent[place] < PLACES && ABOVE(parent[place])))
#define IS_LEFT(place) (EXISTS(place) && life[place] != ZOMBIE && !foreign[place])
#define IS_HELD(kind) (held == kind && pass_in != NEVER)

#define DOES(kind) (actions > 0 && action[next] == kind)
#define SENDS action_signal[next]
#define LOOKS (event == NO_EVENT && actions == 0 && !ended && !has_asked)
#define NOT_YET (LOOKS && !unreachable && !looked && !IS_TIME)
#define IDLE (NOT_YET && !PENDING && !reaping && !child_pending)

/* The children of a process that ends become init's; those that have ended give a SIGCHLD. */
inline adopt_from(gone) {
	if
	:: EXISTS(1) && parent[1] == gone ->
		parent[1] = OF_INIT;
		child_pending = child_pending || life[1] == ZOMBIE
	:: else
	fi;
	if
	:: EXISTS(2) && parent[2] == gone ->
		parent[2] = OF_INIT;
		child_pending = child_pending || life[2] == ZOMBIE
	:: else
	fi
}

inline forget_owed() {
	owed[TERM] = false;
	owed[INT] = false;
	owed[HUP] = false;
	owed[USR1] = false
}

inline leave(place) {
	life[place] = ZOMBIE;
	told_stop[place] = false;
	child_pending = child_pending || parent[place] == OF_INIT;
	adopt_from(place);
	if
	:: place == MAIN -> tells_stop = false; forget_owed()
	:: else
	fi
}

inline clear(place) {
	life[place] = FREE;
	parent[place] = OF_INIT;
	foreign[place] = false;
	told[place] = false;
	handler[place] = false
}

/* A signal to one process. */
inline deliver(place, what) {
	if
	:: EXISTS(place) && life[place] != ZOMBIE && !foreign[place] ->
		reached = true;
		if
		:: what == KILL ->
			/* A process that was stopped when it was asked was continued to act on it. */
			assert(!told_stop[place] || place == MAIN);
			life[place] = DYING
		:: what < KINDS ->
			told_stop[place] = told_stop[place] ||
				(life[place] == STOPPED && IS_STOP(what))
		fi
	/* It has just ended, and a child that it started meanwhile may have been missed. */
	:: ZOMBIE_OF_INIT(place) && (place != MAIN || !foreign[place]) -> reached = true
	:: else
	fi
}

inline go_on(place) {
	if
	:: IS_LEFT(place) ->
		told_stop[place] = false;
		life[place] = (life[place] == STOPPED -> ALIVE : life[place])
	:: else
	fi
}

/* TERM to one process, unless it was told or somebody looks after it. */
inline ask(place) {
	if
	:: IS_LEFT(place) ->
		/* Told or not, it may start another, and leave that behind. */
		reached = true;
		anybody = true;
		if
		:: !told[place] && !LOOKED_AFTER(place) ->
			told[place] = true;
			told_stop[place] = life[place] == STOPPED
		:: told[place] || LOOKED_AFTER(place)
		fi
	:: ZOMBIE_OF_INIT(place) && !foreign[place] -> reached = true
	:: EXISTS(place) && foreign[place] && life[place] != ZOMBIE -> found_foreign = true
	:: else
	fi
}

/*
 * Check a decision at the time for which it was made, because deadlines count from there. KILL comes
 * only to processes that were asked to end, and only after the time that they were promised.
 */
inline count(kind, what) {
	if
	:: kind == KILL_ALL ->
		assert((asked && since_asked >= wait_for) ||
		       (rest == AWAITED && passed && !main_lives && since_passed >= timeout_after))
	:: kind == KILL_MAIN ->
		assert(main_lives && passed && since_passed >= timeout_after)
	:: kind == TO_ALL ->
		assert(phase == DAEMONS && what != USR1);
		all_told = all_told || IS_STOP(what);
		passed = passed || IS_STOP(what)
	:: kind == ASK ->
		assert(what == TERM && (!main_lives || spared) && !asked);
		/* What tini and its like leave is left: only the end of a PID 1 ends it. */
		assert(rest < LEFT || is_pid1);
		asked = true
	:: kind == ASK_AGAIN -> assert(asked)
	:: kind == ASK_GROUP -> assert(!main_lives && !is_pid1 && rest == LEFT_BUT_GROUP)
	:: kind == TO_GROUP || kind == TO_BRANCHES || kind == TO_MAIN ->
		passed = passed || IS_STOP(what)
	:: else
	fi
}

inline count_decision() {
	do
	:: next < actions -> count(action[next], action_signal[next]); next++
	:: else -> next = 0; break
	od;
	/* Without main there is nobody to pass a stop on to: what follows counts from here. */
	passed = passed || (pause && phase != RUNNING)
}

inline forward(what) {
	/* Once main is reaped its pid may belong to another process; without a main it is 0. */
	assert(EXISTS(MAIN));
	owed[what] = false;
	told_stop[MAIN] = told_stop[MAIN] || (life[MAIN] == STOPPED && IS_STOP(what))
}

inline check_end() {
	assert(!lingers || !sending || linger_in == 0 || again || spared);
	if
	:: pause -> assert(status == 0)
	:: !pause && life[MAIN] != FREE -> assert(spared && status == 137)
	:: else -> assert(life[MAIN] == FREE && status == main_status)
	fi;
	/*
	 * The end of a PID 1 ends all others. A subreaper leaves no process that it could have ended,
	 * unless one that it cannot end has started it, which may happen at any time.
	 */
	assert(is_pid1 || !RUNS(0) || foreign[0]);
	assert(is_pid1 || strange || rest >= LEFT || (!RUNS(1) && !RUNS(2)))
}

inline check_idle() {
	assert(!owed[TERM] || IS_HELD(TERM));
	assert(!owed[INT] || IS_HELD(INT));
	assert(!owed[HUP] && !owed[USR1]);
	/* Without anybody left it ends; a stranger's end is noticed at the next look. */
	assert(pause || ANYBODY || check_in != NEVER);
	assert(phase != DAEMONS || !wanted || all_told || IS_HELD(TERM) || IS_HELD(INT))
}

/* Whenever init has nothing to do, nothing that came is left undone. */
inline done() {
	if
	:: IDLE -> check_idle()
	:: else
	fi
}

inline acted() {
	action[next] = 0;
	action_signal[next] = 0;
	next++;
	if
	:: next == actions -> next = 0; actions = 0; done()
	:: else
	fi
}

inline finish_kill_all() {
	unreachable = !reached;
	reached = false;
	acted()
}

inline finish_ask() {
	has_asked = true;
	/* Whether others are left than those that it may not signal is found out at once. */
	reaping = reaping || found_foreign;
	acted()
}

inline take(kind) {
	pending[kind] = false;
	again = again || (wanted && IS_STOP(kind));
	wanted = wanted || IS_STOP(kind);
	event = SIGNAL_CAME;
	detail = kind
}

inline reap() {
	if
	:: ZOMBIE_OF_INIT(1) -> clear(1); any_ended = true
	:: ZOMBIE_OF_INIT(2) -> clear(2); any_ended = true
	:: ZOMBIE_OF_INIT(MAIN) -> clear(MAIN); any_ended = true; event = MAIN_ENDED; detail = main_status
	:: tells_stop -> tells_stop = false; event = MAIN_STOPPED
	:: else ->
		reaping = false;
		event = ALL_REAPED;
		detail = (HAS_CHILDREN -> CHILDREN : NOBODY)
	fi
}

inline decide() {
	/* processes_remaining() looks for strangers after waitpid() has found no child. */
	detail = (event == ALL_REAPED && detail == NOBODY && is_pid1 && ANYBODY ->
		STRANGERS : detail);
	/*
	 * It looks closely only where somebody was found whom it may not signal, or has no child. Who is
	 * reachable then need not be a child.
	 */
	detail = (event == ALL_REAPED && detail != NOBODY && (phase == ENDING || phase == KILLING) &&
		(found_foreign || !(HAS_CHILDREN)) ->
		(SOMEBODY_REACHABLE -> STRANGERS : OUT_OF_REACH) : detail);
	c_code {
		step(now.event, now.detail);
		if (wrong)
			Uerror(wrong);
	};
	any_ended = any_ended && event != ALL_REAPED;
	event = NO_EVENT;
	detail = 0;
	count_decision();
	if
	:: actions == 0 -> done()
	:: else
	fi
}

/*
 * The loop of src/init: next_event(), lifecycle_step(), act(). What is atomic here has one system call at
 * most: anything may happen in between.
 */
proctype supervise() {
end_idle:
	do
	:: atomic { LOOKS && unreachable -> unreachable = false; reaping = true; event = UNREACHABLE }
	:: atomic {
		has_asked && actions == 0 && event == NO_EVENT && !ended ->
		has_asked = false;
		event = ASKED;
		detail = (reached -> 0 : IS_OVER) + (anybody -> ASKS_AGAIN : 0);
		reached = false;
		anybody = false
	   }
	:: atomic {
		LOOKS && !unreachable && looked ->
		looked = false;
		event = NETWORK_SEEN;
		detail = found;
		found = false
	   }
	:: atomic { LOOKS && !unreachable && !looked && IS_TIME -> reaping = true; event = TIME_CAME }
	:: atomic {
		NOT_YET && PENDING ->
		if
		:: pending[TERM] -> take(TERM)
		:: pending[INT] -> take(INT)
		:: pending[HUP] -> take(HUP)
		:: pending[USR1] -> take(USR1)
		fi
	   }
	/* A signal may have come since the last look for one. */
	:: atomic { NOT_YET && reaping -> reap() }
	:: atomic {
		NOT_YET && !PENDING && !reaping && child_pending ->
		child_pending = false;
		reaping = true
	   }
	:: atomic { event != NO_EVENT -> decide() }
	:: atomic { DOES(TO_GROUP) || DOES(TO_BRANCHES) || DOES(TO_MAIN) -> forward(SENDS); acted() }
	:: atomic {
		DOES(TO_ALL) ->
		deliver(1, SENDS);
		go_on(1);
		deliver(2, SENDS);
		go_on(2);
		reached = false;
		acted()
	   }
	:: atomic { DOES(ASK_GROUP) -> acted() }
	/* A look takes its time: one process after the other, and then they are told. */
	:: atomic {
		DOES(ASK) || DOES(ASK_AGAIN) ->
		reached = stranger;
		anybody = anybody || stranger;
		ask(1);
		go_on(1)
	   };
	   atomic { ask(2); go_on(2); finish_ask() }
	:: atomic {
		DOES(KILL_MAIN) ->
		forget_owed();
		deliver(MAIN, KILL);
		spared = !reached;
		unreachable = !reached;
		reached = false;
		acted()
	   }
	/* kill(-1) holds still what it signals; those of another user it leaves out. */
	:: atomic {
		DOES(KILL_ALL) && is_pid1 ->
		deliver(1, KILL);
		deliver(2, KILL);
		stranger = false;
		adopt_from(OF_STRANGER);
		reached = true;
		finish_kill_all()
	   }
	/* A subreaper signals one after the other. */
	:: atomic { DOES(KILL_ALL) && !is_pid1 -> deliver(1, KILL) };
	   atomic { deliver(2, KILL); finish_kill_all() }
	:: atomic {
		DOES(STOP_TOO) ->
		told_stop[MAIN] = false;
		life[MAIN] = (life[MAIN] == STOPPED -> ALIVE : life[MAIN]);
		acted()
	   }
	:: atomic { DOES(LOOK) -> looked = true; found = sending; acted() }
	:: atomic { DOES(HOLD) || DOES(TERMINAL) -> acted() }
	:: atomic { DOES(END) -> check_end(); ended = true; acted(); break }
	od
}

/* Killed processes end, but not at once. */
proctype kernel() {
end_idle:
	do
	:: atomic { life[0] == DYING -> main_status = 137; leave(0) }
	:: atomic { life[1] == DYING -> leave(1) }
	:: atomic { life[2] == DYING -> leave(2) }
	:: atomic { ended -> break }
	od
}

inline tick(left) {
	left = (left == NEVER || left == 0 -> left : left - 1)
}

proctype clock() {
end_idle:
	do
	:: atomic {
		HAS_TIME && !ended ->
		tick(pass_in);
		tick(stop_in);
		tick(kill_in);
		tick(check_in);
		tick(linger_in);
		tick(ask_in);
		tick(ask_from_in);
		tick(filters_in);
		since_passed = since_passed + (passed && since_passed < SOON -> 1 : 0);
		since_asked = since_asked + (asked && since_asked < WAIT -> 1 : 0)
	   }
	:: atomic { ended -> break }
	od
}

inline send(kind) {
	pending[kind] = true;
	/* Init gives up a main that it could not kill. */
	owed[kind] = RUNS(MAIN) && !spared;
	happened++
}

inline give_birth(place, mother) {
	life[place] = ALIVE;
	parent[place] = mother;
	happened++;
	if
	:: handler[place] = true
	:: true
	fi;
	if
	:: !is_pid1 -> foreign[place] = true; strange = true
	:: true
	fi
}

#define MAY (!ended && happened < EVENTS)
/* Where a process is listed matters only to a subreaper. */
#define MAY_BEAR(place) (MAY && life[place] == FREE && \
	(place == 1 || !is_pid1 || life[1] != FREE))

/* What anybody may do at any time, or never. */
proctype world() {
	do
	/* Users. */
	:: atomic { MAY && !pending[TERM] -> send(TERM) }
	:: atomic { MAY && !pending[INT] -> send(INT) }
	:: atomic { MAY && !pending[HUP] -> send(HUP) }
	:: atomic { MAY && !pending[USR1] -> send(USR1) }
	/* Main. */
	:: atomic { RUNS(0) && !ended -> main_status = 7; leave(0) }
	:: atomic {
		life[0] == ALIVE && MAY ->
		life[0] = STOPPED;
		happened++;
		tells_stop = true;
		child_pending = true
	   }
	:: atomic { life[0] == STOPPED && !ended -> life[0] = ALIVE; told_stop[0] = false }
	/* The rest. */
	:: atomic { life[0] == ALIVE && MAY_BEAR(1) -> give_birth(1, 0) }
	:: atomic { life[0] == ALIVE && MAY_BEAR(2) -> give_birth(2, 0) }
	:: atomic { life[1] == ALIVE && MAY_BEAR(2) -> give_birth(2, 1) }
	:: atomic { life[2] == ALIVE && MAY_BEAR(1) -> give_birth(1, 2) }
	:: atomic { RUNS(1) && !ended -> leave(1) }
	:: atomic { RUNS(2) && !ended -> leave(2) }
	:: atomic { life[1] == ALIVE && MAY -> life[1] = STOPPED; happened++ }
	:: atomic { life[1] == ZOMBIE && parent[1] != OF_INIT && !ended -> clear(1) }
	:: atomic { life[2] == ZOMBIE && parent[2] != OF_INIT && !ended -> clear(2) }
	/* The peer takes what was sent last. */
	:: atomic { sending && !ended -> sending = false }
	/* docker exec, and what it leaves behind. */
	:: atomic { is_pid1 && !stranger && MAY -> stranger = true; happened++ }
	:: atomic { stranger && MAY_BEAR(1) -> give_birth(1, OF_STRANGER) }
	:: atomic { stranger && !ended -> stranger = false; adopt_from(OF_STRANGER) }
#ifdef LIVENESS
	:: !ended -> skip
#else
	/* Nobody can do anything, ever. */
	:: timeout -> assert(ended || (pause && !wanted)); break
#endif
	od
}

inline choose() {
	if
	:: pause = true
	:: rest = AWAITED
	:: rest = LEFT
	:: rest = LEFT_BUT_GROUP
	:: true
	fi;
	if
	:: is_pid1 = true
	/* A subreaper does not linger. The network matters to nobody else. */
	:: is_pid1 = true; lingers = true; sending = true
	:: true
	fi;
	if
	:: delay = DELAY
	:: true
	fi;
	timeout_after = NEVER;
	if
	:: wait_for = WAIT
	:: wait_for = WAIT; timeout_after = SOON
	:: true
	fi;
	parent[0] = OF_INIT;
	parent[1] = OF_INIT;
	parent[2] = OF_INIT;
	if
	:: pause
	:: !pause -> life[MAIN] = ALIVE
	:: !pause -> life[MAIN] = ALIVE; handler[MAIN] = true
	:: !pause && timeout_after != NEVER -> life[MAIN] = ALIVE; foreign[MAIN] = true; strange = true
	fi
}

init {
	atomic {
		choose();
		c_code { start(); };
		reaping = true;
		event = NO_EVENT;
		run supervise();
		run kernel();
		run clock();
		run world()
	}
}

#ifdef LIVENESS
/* Nothing keeps init from ending. */
#define MUST_END \
	((life[MAIN] == FREE && !pause && rest != AWAITED) || \
	 (wanted && (pause || timeout_after != NEVER)) || \
	 (!pause && !ANYBODY))

/* It ends then, and it is never busy with nothing. */
ltl ends { (<>[] MUST_END -> <> ended) && []<> (IDLE || ended) }
#endif
