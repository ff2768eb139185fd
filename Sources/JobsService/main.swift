import ArgumentParser
import JobsHTTP
import Mustache
import Yams
