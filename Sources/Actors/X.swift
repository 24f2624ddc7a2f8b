public import Logging
import Metrics
import ServiceLifecycle
import ArgumentParser
import DequeModule
import NIOHTTP1
import NIOPosix
