# Thin names for people who expect them; the work is in dev.py and docker compose.
.DEFAULT_GOAL := help
.PHONY: help run test check messages lock backup restore deploy down logs

help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'
run:             ## everything on this machine
	python3 dev.py run
test:            ## every check and test
	python3 dev.py test
check:           ## the checks without the tests
	python3 dev.py check
messages:        ## new texts into the translation files
	python3 dev.py messages
lock:            ## the requirements anew
	python3 dev.py lock
backup:          ## rows and keys of `make run` into var/backup, each in a folder of its own
	python3 dev.py own backup --rows $(CURDIR)/var/backup/rows --keys $(CURDIR)/var/backup/keys/vicita.keys
restore:         ## ROWS=<file>: that file and the latest keys, in the place of the data of `make run`
	python3 dev.py own restore --rows $(abspath $(ROWS)) --keys $(CURDIR)/var/backup/keys/vicita.keys
deploy:          ## build and start with docker compose (.env first)
	docker compose up --build --detach --wait
down:            ## stop docker compose
	docker compose down
logs:            ## follow docker compose's logs
	docker compose logs --follow --tail 100
