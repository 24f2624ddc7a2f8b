.PHONY: build test tsan asan fuzz docs demo bench bench-bolt bench-driver-per-task format clean

# The library, the tests and actorctl, for development.
build:
	@scripts/setup
	swift build --build-tests

# Everything: set-up, all suites, the examples, a short demo.
test:
	@scripts/test

# The suites under ThreadSanitizer, but for those that need a broker, a graph server or other processes.
needs_graph := GraphServerTests|ConformanceTests|StoredValuesTests|ServerVersionTests
tsan:
	@scripts/setup
	TSAN_OPTIONS=halt_on_error=1 swift test --sanitize=thread -Xswiftc -DTROUPE_THREAD_SANITIZER --scratch-path .build-tsan \
	  --no-parallel --filter 'ActorsTests|MiddlewareTests|BoltDriverTests' --skip '$(needs_graph)'

# The same suites under AddressSanitizer. Its search for leaks is off: see CONTRIBUTING.md.
asan:
	@scripts/setup
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address -Xswiftc -DTROUPE_ADDRESS_SANITIZER --scratch-path .build-asan \
	  --no-parallel --filter 'ActorsTests|MiddlewareTests|BoltDriverTests' --skip '$(needs_graph)'

# The readers of foreign bytes against libFuzzer, SECONDS for each; TARGETS="URI Message" for some of them.
SECONDS ?= 60
TARGETS ?=
fuzz:
	@scripts/setup
	@scripts/fuzz --seconds $(SECONDS) $(TARGETS)

# The documentation of the libraries, as archives in .build/docs.
docs: build
	@scripts/check-docs --output .build/docs

# PackageGraph over this machine's package index: PACKAGES=2000 for a short run, AGAIN=1 to load it twice, KEEP=1 to
# leave the broker and the graph running (`scripts/demo stop` ends them).
PACKAGES ?=
demo:
	@KEEP=$(KEEP) AGAIN=$(AGAIN) scripts/demo $(PACKAGES)

# The figures of docs/benchmarks.md.
bench:
	@scripts/setup
	@Benchmarks/run

# Those of the graph driver alone, in more rounds.
bench-bolt:
	@scripts/setup
	@Benchmarks/run --rounds 5 --only queries,concurrent,rows,nodes,batches,fresh,chain,graph_idle

# The figures of docs/driver-per-task.md.
bench-driver-per-task:
	@scripts/setup
	@Benchmarks/driver-per-task

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests Examples Benchmarks

clean:
	rm -rf .build .build-* .tools Examples/.build Benchmarks/.build Tests/Fuzz/.build
