# Caddy as a user without rights: the folders of certificates and settings are its own, and the program brings along no
# capability, which a container without any would not start. Ports 80 and 443 are open to it by docker-compose.yml.
FROM caddy:2-alpine
RUN setcap -r /usr/bin/caddy && chown -R 10002:10002 /data /config
USER 10002:10002
