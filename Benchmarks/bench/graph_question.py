"""What a task of the Python peers asks the graph, with the official driver."""
import os

from neo4j import AsyncGraphDatabase, GraphDatabase, TrustCustomCAs

DATABASE = os.environ["BOLT_DATABASE"]


def _options():
    """the driver's address and settings; a CA means TLS"""
    url, ca = os.environ["BOLT_URL"], os.environ.get("BOLT_CA_FILE")
    options = {"auth": (os.environ["BOLT_USER"], os.environ["BOLT_PASSWORD"])}
    if ca:
        # With certificates of its own this driver wants the plain scheme, and to be told that it shall encrypt.
        url = url.replace("bolt+s://", "bolt://")
        options.update(encrypted=True, trusted_certificates=TrustCustomCAs(ca))
    return url, options


def make_driver():
    url, options = _options()
    return GraphDatabase.driver(url, **options)


def make_async_driver():
    url, options = _options()
    return AsyncGraphDatabase.driver(url, **options)


def ask_once(driver, index):
    with driver.session(database=DATABASE) as session:
        answer = session.run("RETURN $x AS x", x=index).single()[0]
    assert answer == index, f"{answer} instead of {index}"


async def ask_once_async(driver, index):
    async with driver.session(database=DATABASE) as session:
        answer = (await (await session.run("RETURN $x AS x", x=index)).single())[0]
    assert answer == index, f"{answer} instead of {index}"
