# Caddy as a user without rights: the folders of certificates and settings are its own, and the program brings along no
# capability, which a container without any would not start. Ports 80 and 443 are open to it by docker-compose.yml.
FROM caddy:2-alpine
RUN setcap -r /usr/bin/caddy && chown -R 10002:10002 /data /config
# In the image, so that a new version's is served after a build: a mounted file stays the one the container began with.
COPY deploy/Caddyfile /etc/caddy/Caddyfile
USER 10002:10002
